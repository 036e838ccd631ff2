import {openNative} from '../../lib/native/native.ts';

const stream = openNative().openStream({path: 'cam', ringMaxBytes: 1, ringMaxAgeUs: 1});
stream.on('closed', () => process.stdout.write('closed\n'));
setImmediate(() => stream.close());
