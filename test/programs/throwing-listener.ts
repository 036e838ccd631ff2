import {openNative} from '../../lib/native/native.ts';

const stream = openNative().openStream({path: 'cam', ringMaxBytes: 1, ringMaxAgeUs: 1});
stream.on('closed', () => {
	throw new Error('thrown by a listener');
});
stream.close();
