import test from 'ava';
import {pathPushSchema} from '../../../lib/api/session-schemas.ts';
import {pushed, startApi} from '../../helpers/api.ts';

test('where paths are sent is listed, and told of one path', async t => {
	const {send} = await startApi(t);
	const list = (await (await send('GET', '/v3/paths/push/list')).json()) as {items: object[]};
	t.deepEqual(list.items, [pushed]);
	t.notThrows(() => pathPushSchema.strict().parse(list.items[0]));
	const one = await send('GET', '/v3/paths/push/get/live/cam');
	t.deepEqual(await one.json(), pushed);
	t.is((await send('GET', '/v3/paths/push/get/none')).status, 404);
});
