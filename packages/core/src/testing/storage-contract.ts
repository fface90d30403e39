import { describe, it } from 'vitest';
import { type Cases, runCases } from './cases.js';
import { blockListCases } from './storage/block-lists.js';
import { blockCases } from './storage/blocks.js';
import { changeCases } from './storage/changes.js';
import { chatChangeCases } from './storage/chat-changes.js';
import { chatCases } from './storage/chats.js';
import { clearingCases } from './storage/clearing.js';
import { deviceCases } from './storage/devices.js';
import { keyCases } from './storage/keys.js';
import { listCases } from './storage/lists.js';
import { loadCases } from './storage/load.js';
import { mediaCases } from './storage/media.js';
import { memberCases } from './storage/members.js';
import { messageChangeCases } from './storage/message-changes.js';
import { messageCases } from './storage/messages.js';
import { migrationCases, sharedDatabaseCases } from './storage/migrations.js';
import { ownSettingCases } from './storage/own-settings.js';
import { pinReactionCases } from './storage/pins-reactions.js';
import { profileCases } from './storage/profiles.js';
import { pushCases } from './storage/pushes.js';
import { quoteCases } from './storage/quotes.js';
import { type Bed, type TestDatabase, withBed } from './storage/test-database.js';
import { transactionCases } from './storage/transactions.js';
import { userCases } from './storage/users.js';
import { writeCases } from './storage/writes.js';

export interface StorageContractOptions {
  name: string;
  /** An empty database for one test. */
  create: () => TestDatabase | Promise<TestDatabase>;
  skip?: {
    /** Why only one storage can have this database open, and only once. */
    several_storages?: string;
    /** Why the storage has no `transaction`, which is optional. Nothing else may be skipped. */
    transaction?: string;
  };
}

/** Every promise of the `Storage` port as cases by port: a mutant's test picks those that must catch it. */
export const storageCases = {
  'users and credentials': userCases,
  'new chats': chatCases,
  'chats as members see them': listCases,
  writes: writeCases,
  'writes under load': loadCases,
  'members and marks': memberCases,
  messages: messageCases,
  'messages that change': messageChangeCases,
  'pins and reactions': pinReactionCases,
  'quoted messages': quoteCases,
  'chats that change': chatChangeCases,
  'what is cleared': clearingCases,
  'what members settle for themselves': ownSettingCases,
  changes: changeCases,
  blocks: blockCases,
  'blocks in groups, lists and searches': blockListCases,
  devices: deviceCases,
  pushes: pushCases,
  profiles: profileCases,
  'files and who refers to them': mediaCases,
  'keys and numbers': keyCases,
  migrations: migrationCases,
} as const;

/** The contract of the `Storage` port. An adapter's test is one call of it for each kind of database it has. */
export function storageContract({ name, create, skip = {} }: StorageContractOptions): void {
  const use = (check: (bed: Bed) => Promise<void> | void) => withBed(create, check);
  const runUnless = (reason: string | undefined, title: string, cases: Cases<Bed>): void => {
    if (reason === undefined) runCases(title, cases, use, 60_000);
    else describe(title, () => it.skip(reason));
  };
  describe(`storage contract: ${name}`, () => {
    for (const [title, cases] of Object.entries(storageCases)) {
      runCases(title, cases, use, cases === loadCases ? 120_000 : 20_000);
    }
    runUnless(skip.several_storages, 'several storages on one database', sharedDatabaseCases);
    runUnless(skip.transaction, 'transactions of a host', transactionCases);
  });
}
