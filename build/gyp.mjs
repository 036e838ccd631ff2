// Builds the addon by node-gyp, which needs no CMake, and puts it where it is looked for: out/Release.
// With `check` it is only loaded once from where it was built. Headers are those of the Node that runs this.
import {copyFileSync, existsSync, mkdirSync} from 'node:fs';
import {createRequire} from 'node:module';
import {availableParallelism} from 'node:os';
import {delimiter, dirname} from 'node:path';
import {lines, must, root} from './tools.mjs';

const built = `${root}/native/build/Release/sluice.node`;
const nodeGyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
const nodeFolder = dirname(dirname(process.execPath));
const headers = existsSync(`${nodeFolder}/include/node`) ? [`--nodedir=${nodeFolder}`] : [];
const [ccache] = await lines('sh', ['-c', 'command -v ccache']);
const env = {
	// binding.gyp asks `node`, and means this one.
	PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
	CXX: `${ccache ? 'ccache ' : ''}${process.env.CXX ?? 'g++'}`,
};

const options = [`--jobs=${availableParallelism()}`, '--loglevel=warn', ...headers];
const task = existsSync('native/build/config.gypi') ? ['configure', 'build'] : ['rebuild'];
for (const step of task)
	await must(process.execPath, [nodeGyp, step, '--directory=native', ...options], {
		env,
		quiet: true,
	});

if (process.argv[2] === 'check') {
	const addon = createRequire(import.meta.url)(built);
	console.log(`built by node-gyp: ${JSON.stringify(addon.version())}`);
} else {
	mkdirSync('out/Release', {recursive: true});
	copyFileSync(built, 'out/Release/sluice.node');
	console.log('out/Release/sluice.node has been built by node-gyp');
}
