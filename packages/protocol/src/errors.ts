/**
 * Every error by its code. The code is the contract: clients branch on it and it never changes its meaning;
 * the text is ours to improve. `retryable` says whether the same request may succeed later as it stands.
 */
export const errorTable = {
  INVALID_INPUT: { status: 422, retryable: false, message: 'The input is not valid.' },
  MALFORMED_BODY: { status: 400, retryable: false, message: 'The body could not be read.' },
  UNSUPPORTED_CONTENT_TYPE: { status: 415, retryable: false, message: 'This content type is not understood here.' },
  BODY_TOO_LARGE: { status: 413, retryable: false, message: 'The body is too large.' },
  UNKNOWN_METHOD: { status: 404, retryable: false, message: 'There is no such method.' },
  NOT_FOUND: { status: 404, retryable: false, message: 'There is nothing here.' },

  UNAUTHORIZED: { status: 401, retryable: false, message: 'Sign in first: the token is missing, wrong or expired.' },
  WRONG_CREDENTIALS: { status: 401, retryable: false, message: 'Wrong phone number or password.' },
  ACCOUNTS_OFF: { status: 404, retryable: false, message: 'Accounts are managed by the host of this messenger.' },
  PHONE_INVALID: { status: 400, retryable: false, message: 'A phone number has 7 to 15 digits, with or without +.' },
  PHONE_TAKEN: { status: 400, retryable: false, message: 'This phone number is already registered.' },
  USERNAME_TAKEN: { status: 400, retryable: false, message: 'This username is already taken.' },
  USERNAME_TOO_SHORT: { status: 400, retryable: false, message: 'A username has at least 3 characters.' },
  QUERY_TOO_SHORT: { status: 400, retryable: false, message: 'A search needs at least 3 characters.' },

  USER_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such user.' },
  /** Also the answer for a chat that does not exist: nobody learns which ids are taken. */
  NOT_A_MEMBER: { status: 403, retryable: false, message: 'You are not a member of this chat.' },
  FORBIDDEN: { status: 403, retryable: false, message: 'You may not do this.' },
  CHAT_WITH_SELF: { status: 400, retryable: false, message: 'A private chat needs somebody else.' },
  PRIVATE_NEEDS_ONE_OTHER: { status: 400, retryable: false, message: 'A private chat has exactly two members.' },
  CHAT_IS_PRIVATE: { status: 400, retryable: false, message: 'This is not possible in a private chat.' },
  GROUP_FULL: { status: 400, retryable: false, message: 'The group has no room for more members.' },
  ALREADY_A_MEMBER: { status: 400, retryable: false, message: 'This user is already a member.' },
  MEMBER_NOT_FOUND: { status: 404, retryable: false, message: 'This user is not a member of the chat.' },
  OWNER_CANNOT_LEAVE: { status: 400, retryable: false, message: 'The owner cannot leave the group.' },
  BLOCKED: { status: 403, retryable: false, message: 'This person does not want to hear from you.' },
  BLOCK_SELF: { status: 400, retryable: false, message: 'You cannot block yourself.' },
  /** Also the answer for a message of a chat that one is not in: nobody learns which ids are taken. */
  MESSAGE_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such message in this chat.' },
  CONFLICT: { status: 409, retryable: false, message: 'It has been changed meanwhile.' },
  TOO_MANY_REACTIONS: {
    status: 400,
    retryable: false,
    message: 'The message has no room for more kinds of reactions.',
  },

  MEDIA_OFF: { status: 404, retryable: false, message: 'This messenger keeps no files.' },
  UPLOAD_EMPTY: { status: 400, retryable: false, message: 'The file is empty.' },
  /** 400 and not 413: the seeds' clients know it by that. */
  UPLOAD_TOO_LARGE: { status: 400, retryable: false, message: 'The file is too large.' },
  NOT_AN_IMAGE: { status: 400, retryable: false, message: 'This is no picture, or a damaged one.' },
  UNSUPPORTED_IMAGE: { status: 400, retryable: false, message: 'The picture has to be a PNG, a JPEG or a WebP.' },
  IMAGE_TOO_LARGE: { status: 400, retryable: false, message: 'The picture has too many pixels.' },
  IMAGE_WRONG_SIZE: { status: 400, retryable: false, message: 'The picture has the wrong size.' },
  STORAGE_FULL: { status: 507, retryable: true, message: 'The server has no room for this file.' },

  TOO_MANY_REQUESTS: { status: 429, retryable: true, message: 'Too fast. Try again in a moment.' },
  BUSY: { status: 503, retryable: true, message: 'The server is busy. Try again in a moment.' },
  SHUTTING_DOWN: { status: 503, retryable: true, message: 'The server is restarting.' },
  INTERNAL: { status: 500, retryable: true, message: 'Something went wrong on our side.' },

  /** Socket only. */
  UNKNOWN_TYPE: { status: 400, retryable: false, message: 'There is no such type of frame.' },
  MALFORMED_FRAME: { status: 400, retryable: false, message: 'The frame is not a JSON object in text.' },

  /** Client only: the request did not reach the server, or its answer did not reach us. */
  NETWORK: { status: 0, retryable: true, message: 'The server could not be reached.' },
  CANCELLED: { status: 0, retryable: false, message: 'Taken back before it was sent.' },
} as const;

export type ErrorCode = keyof typeof errorTable;

/** The body of every HTTP error: the seeds' clients read `detail` or `error`, ours reads `code`. */
export interface ErrorBody {
  detail: string;
  error: string;
  code: ErrorCode;
  status_code: number;
  /** The field of the input that is wrong, as a path such as `participant_ids.3`. */
  field?: string;
  /** With INTERNAL: what to look for in the server's log. */
  correlation_id?: string;
  /** Milliseconds to wait before trying again. */
  retry_after_ms?: number;
}
