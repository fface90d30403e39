export interface PasswordHasher {
  /** @throws BUSY when too many wait already. */
  hash(password: string): Promise<string>;
  /**
   * Takes as long for null (nobody has this account) as for a wrong password, so that time does not tell them apart.
   * @throws BUSY when too many wait already.
   */
  verify(hash: string | null, password: string): Promise<boolean>;
}
