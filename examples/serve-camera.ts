// This example shows how to:
// 1. start a server for one camera from a program (the camera is the argument, or a test picture),
// 2. see when its stream is there, and who reads it,
// 3. end the server and all it has started.
import {createServer} from 'sluice';

const server = await createServer({urls: [`cam=${process.argv[2] ?? 'test:'}`], env: process.env});
console.log(`watch it at ${server.httpUrl}/cam/`);

const timer = setInterval(() => {
	for (const {name, state, readers} of server.paths())
		console.log(`${name} is ${state}, ${readers.length} readers`);
}, 1000);

process.once('SIGINT', () => {
	clearInterval(timer);
	void server.close();
});
