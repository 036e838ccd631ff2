// Builds the addon into out/Release by cmake-js, with the headers of node-api-headers: nothing is fetched.
import {files, must} from './tools.mjs';

if ((await files(['native/binding/*.cpp'])).length === 0) {
	console.log('native/binding has no sources: no addon is built');
} else {
	const options = ['--out=out', '--generator=Ninja', '--log-level=warn', '--target=addon'];
	await must(process.execPath, ['node_modules/cmake-js/bin/cmake-js', 'build', ...options]);
}
