/** What keeps the server from starting and is for its operator to put right: one line that names the setting. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
