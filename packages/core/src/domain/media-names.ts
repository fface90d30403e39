/** The names of stored files, and where they stand in what people send. */

/** The same as the protocol's `mediaPath`: domain rules load nothing. */
const path = '/static/';
const pattern = '(?:attachment|avatar|banner|chat_avatar)_[A-Za-z0-9_-]{24}\\.[a-z0-9]{1,8}';
const name = new RegExp(`^${pattern}$`);
const thumbnail = /^thumbnail_[A-Za-z0-9_-]{24}\.webp$/;
const inText = new RegExp(`${path}(${pattern})`, 'g');
/** References in one message that count: more is no album, and each costs a write. */
const most_in_message = 20;

export const isMediaName = (text: string): boolean => name.test(text);
export const isThumbnailName = (text: string): boolean => thumbnail.test(text);
export const mediaUrl = (of: string): string => path + of;

/** The thumbnail's name follows from the file's, so whoever deletes the one can delete the other. */
export function thumbnailOf(of: string): string {
  return `thumbnail_${of.slice(of.lastIndexOf('.') - 24, of.lastIndexOf('.'))}.webp`;
}

/**
 * The files to which a message's content refers: the seeds' clients send the URL of an upload as the content itself,
 * others put it into a text or into JSON of their own. With or without a server in front.
 */
export function mediaNamesIn(content: string): string[] {
  // Nearly all messages are over with this.
  if (!content.includes(path)) return [];
  const names = new Set<string>();
  for (const [, found] of content.matchAll(inText)) {
    names.add(found as string);
    if (names.size === most_in_message) break;
  }
  return [...names];
}
