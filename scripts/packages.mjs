// The published packages, for the scripts that look at each of them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** The path of a development tool's command. */
export const tool = (name) => path.join(root, 'node_modules/.bin', name);

export const packages = readdirSync(path.join(root, 'packages'))
  .map((name) => ({ name, folder: path.join(root, 'packages', name) }))
  .filter(({ folder }) => existsSync(path.join(folder, 'package.json')))
  .map((item) => ({ ...item, manifest: JSON.parse(readFileSync(path.join(item.folder, 'package.json'), 'utf8')) }));
