import { sqlProbe, storageContract } from '@dialect/core/testing';
import { createDatabase, describeMysql } from '../../../tests/support/mysql.js';
import { mysql } from '../src/index.js';

describeMysql('a real server', () => {
  storageContract({
    name: 'MySQL or MariaDB',
    async create() {
      const { url, sql, remove } = await createDatabase();
      return { open: (options) => mysql({ url, ...options }), probe: sqlProbe(sql), remove };
    },
  });
});
