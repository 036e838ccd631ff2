// Opens connections and says nothing over them: silent-clients.ts PORT COUNT. Says `open` when there are so many.
import {once} from 'node:events';
import {connect} from 'node:net';

const [port, count] = process.argv.slice(2).map(Number);
for (let index = 0; index < count!; index += 100) {
	const some = Array.from({length: 100}, () => connect(port!, '127.0.0.1').on('error', () => {}));
	await Promise.all(some.map(async socket => once(socket, 'connect')));
}
process.stdout.write('open\n');
