// Emits dist/ from lib/: what the package runs, because Node strips no types under node_modules.
import {existsSync, readdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {must} from './tools.mjs';

// What a removed source once gave must not stay; dist/web is made by web.mjs.
const old = existsSync('dist') ? readdirSync('dist').filter(name => name !== 'web') : [];
for (const name of old) rmSync(join('dist', name), {recursive: true});
await must(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
