/** What a server script is told beside its folder. */
export interface ServerSettings {
  synchronous?: 'NORMAL' | 'FULL';
  /** The name only: what a process is started with can be read by everybody on the machine, and a URL holds a password. */
  mysql_database?: string;
}
