/** A person as the database holds them. Times are milliseconds since 1970, flags are 0 or 1. */
export interface UserRow {
  id: number;
  /** The host's own id of this person, when a host brought them. */
  external_id: string | null;
  username: string | null;
  /** The username's normal form (NFKC, lower case): what must be unique. */
  username_key: string | null;
  first_name: string;
  last_name: string | null;
  public_key: string;
  avatar_url: string | null;
  banner_url: string | null;
  bio: string | null;
  status_text: string | null;
  status_expires_at: number | null;
  last_seen_at: number | null;
  /** Counts changes that only this user's own devices need to hear of. */
  urev: number;
  created_at: number;
}

export type NewUser = Pick<UserRow, 'first_name' | 'created_at'> &
  Partial<Pick<UserRow, 'username' | 'username_key' | 'last_name' | 'public_key'>>;

/** What is to change of a profile; what is not given stays. `username` and `username_key` go together. */
export type UserPatch = Partial<
  Pick<
    UserRow,
    | 'username'
    | 'username_key'
    | 'first_name'
    | 'last_name'
    | 'public_key'
    | 'avatar_url'
    | 'banner_url'
    | 'bio'
    | 'status_text'
    | 'status_expires_at'
  >
>;

/** A way to sign in: `lookup` finds it, `secret` proves it (an Argon2 hash for passwords). */
export interface NewCredential {
  kind: 'phone';
  lookup: string;
  secret: string;
}

export interface UserSearch {
  /** Matches part of the username, the first or the last name. */
  text: string;
  /** A whole phone number, when the text is one: matches exactly or not at all. */
  phone: string | null;
  /** Who searches: nobody who has blocked them is found, by whatever they search. */
  viewer_id?: number;
  limit: number;
  offset: number;
}

export interface Users {
  /**
   * Creates the user and the credential together or not at all. Of several callers racing for the same username or the
   * same lookup exactly one wins; the others learn what was taken.
   */
  create(user: NewUser, credential: NewCredential): Promise<{ user: UserRow } | { taken: 'username' | 'credential' }>;
  /**
   * The host's user: created when not seen before (racing callers get the same one), the given names updated; a name
   * that is not given stays as it is. Somebody new without a first name is called by their `external_id`.
   */
  upsert(user: { external_id: string; first_name?: string; last_name?: string | null; at: number }): Promise<UserRow>;
  /**
   * Changes a profile, whole or not at all. Of several callers racing for the same username exactly one wins; the name
   * given up is free from then on. In the same step the file behind a new picture becomes used, and that of a picture
   * which is replaced is condemned (see `Media`): `freed` are the names of those, whose bytes may go now.
   * Null when there is no such user.
   */
  update(
    user_id: number,
    patch: UserPatch,
    at: number,
  ): Promise<{ user: UserRow; freed: string[] } | { taken: 'username' } | null>;
  /** Those that exist, in no promised order. */
  get(ids: readonly number[]): Promise<UserRow[]>;
  isUsernameTaken(username_key: string): Promise<boolean>;
  search(search: UserSearch): Promise<UserRow[]>;
  /** Every username key in ascending user id, above `after_id`: for filling a filter. */
  usernames(after_id: number, limit: number): Promise<{ id: number; username_key: string }[]>;
  /** Moves `last_seen_at` forward, never back. */
  seen(sightings: readonly { user_id: number; at: number }[]): Promise<void>;
}

export interface Credentials {
  /** Null when nobody signs in with this. */
  find(kind: NewCredential['kind'], lookup: string): Promise<{ user_id: number; secret: string } | null>;
  /** The user's own lookup of this kind (their phone number), or null. */
  lookupOf(user_id: number, kind: NewCredential['kind']): Promise<string | null>;
}
