import { describe } from 'vitest';
import { type HostDatabase, hostDatabases } from '../support/host-databases.js';

const kinds = hostDatabases.filter(({ name }) => name === 'a file of ours' || name === 'a MySQL server');

/** A suite on one database of each kind. */
export function describePushDatabases(name: string, suite: (create: () => Promise<HostDatabase>) => void): void {
  describe.each(kinds)(`${name} on $name`, ({ create }) => suite(create));
}
