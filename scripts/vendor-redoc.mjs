// Copies Redoc's standalone bundle, and its license, into the built package whose folder this is run in.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const { resolve } = createRequire(path.resolve('package.json'));
// "API docs by" is followed by a picture from Redocly's server: whoever reads our pages shall be told to nobody.
const logos = ['https://cdn.redoc.ly/redoc/logo-mini-full.svg', 'https://cdn.redoc.ly/redoc/logo-mini.svg'];
const picture = [
  "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='14'>",
  "<text y='11' font-family='sans-serif' font-size='11' fill='#2467f2'>Redoc</text></svg>",
].join('');
const data = `data:image/svg+xml,${encodeURIComponent(picture).replaceAll("'", '%27')}`;

let bundle = readFileSync(resolve('redoc/bundles/redoc.standalone.js'), 'utf8');
for (const logo of logos) {
  if (!bundle.includes(logo)) throw new Error(`Redoc no longer shows ${logo}: look where its pictures come from now.`);
  bundle = bundle.replaceAll(logo, data);
}
writeFileSync('dist/redoc.standalone.js', bundle);
copyFileSync(path.join(path.dirname(resolve('redoc/package.json')), 'LICENSE'), 'dist/redoc.LICENSE');
