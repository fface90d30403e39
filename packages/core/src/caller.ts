/** Who runs a use case. */
export interface Caller {
  user_id: number;
  session_id?: string;
}
