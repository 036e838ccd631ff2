// Builds the addon into out/Release by cmake-js, with the headers of node-api-headers: nothing is fetched.
import {existsSync} from 'node:fs';
import {together} from './runners.mjs';
import {must} from './tools.mjs';

const cmakeJs = 'node_modules/cmake-js/bin/cmake-js';
const options = ['--out=out', '--generator=Ninja', '--log-level=warn', '--target=addon'];
const settings = Object.entries(together).map(([name, value]) => `--CD${name}=${value}`);

// A configuration that failed leaves a cache behind, so the cache says nothing.
if (!existsSync('out/build.ninja'))
	await must(process.execPath, [cmakeJs, 'configure', ...options, ...settings]);
await must(process.execPath, [cmakeJs, 'build', ...options]);
