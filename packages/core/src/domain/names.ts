/** The form in which two usernames are the same name: compatibility-normalised, lower case, without a leading `@`. */
export function usernameKey(username: string): string {
  return username.normalize('NFKC').toLowerCase().replace(/^@/, '');
}

/**
 * A phone number as E.164 (ITU-T): `+` and 7 to 15 digits. Spaces, dashes, dots and brackets are how people write it.
 * Null when the text is no phone number. Whether the number is in use anywhere is for an SMS to find out, not for us.
 */
export function normalizePhone(text: string): string | null {
  const digits = text.trim().replace(/[\s().-]/g, '');
  return /^\+?\d{7,15}$/.test(digits) ? `+${digits.replace('+', '')}` : null;
}

export function displayName(user: { first_name: string; last_name: string | null }): string {
  return user.last_name ? `${user.first_name} ${user.last_name}` : user.first_name;
}
