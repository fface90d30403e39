/** What a file was uploaded for. */
export type MediaKind = 'attachment' | 'avatar' | 'banner' | 'chat_avatar';

/** A stored file; its bytes are the blob of the same name. */
export interface MediaRow {
  /** Random, so that nobody can guess it: to know it is to be allowed to read it. */
  name: string;
  owner_id: number;
  kind: MediaKind;
  /** What the bytes say. */
  media_type: string;
  size: number;
  /** As its uploader called it. */
  filename: string | null;
  width: number | null;
  height: number | null;
  /** The blob of the small form of a picture. */
  thumbnail: string | null;
  created_at: number;
  /** When a message, a profile or a group first referred to it; null while nothing has. */
  used_at: number | null;
}

export type NewMedia = Pick<MediaRow, 'name' | 'owner_id' | 'kind' | 'media_type' | 'filename' | 'created_at'>;
export type MediaFacts = Pick<MediaRow, 'size' | 'width' | 'height' | 'thumbnail'>;

/**
 * What is known of the files. A file is announced before its bytes are written and can be read once it is finished, so
 * bytes without a row do not exist. What nothing refers to is condemned after a while, which no reference can undo, and
 * forgotten when its bytes are gone: wherever a process dies, the next clean-up finds the rest.
 *
 * A file comes into use with the commit of what refers to it: a message and its edit (`media_names` of `Chats.write`), a
 * group's picture (`update_chat`) and a profile's (`Users.update`). Anybody may refer: to forward a message is to refer
 * to somebody else's file. A name that has no finished file is passed over, and a repeat changes nothing. A reference
 * wins or loses against the clean-up, name by name.
 */
export interface Media {
  /** Announces a file whose bytes are about to be written. */
  add(media: NewMedia): Promise<void>;
  /** The bytes are there. False when it took so long that the file has been condemned. */
  finish(name: string, facts: MediaFacts): Promise<boolean>;
  /** Those that are finished and not condemned, in no promised order. */
  find(names: readonly string[]): Promise<MediaRow[]>;
  /**
   * Takes back files that nothing has come to refer to: they can no longer be found. Passes over those in use. Answers
   * the others, whose bytes may go.
   */
  condemn(names: readonly string[], at: number): Promise<string[]>;
  /**
   * Answers what is to be deleted, at most `limit` names: whatever was condemned earlier, and files from `before` that
   * were never used, which it condemns. Several nodes may be told the same; to delete a file twice is fine.
   */
  condemnUnused(query: { before: number; at: number; limit: number }): Promise<string[]>;
  /** The bytes are gone. Passes over what is not condemned. */
  forget(names: readonly string[]): Promise<void>;
}
