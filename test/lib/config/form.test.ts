import test from 'ava';
import {load} from '../../helpers/config.ts';
import {formatGlobalConfig, formatPathConfig} from '../../../lib/config/form.ts';

test('a configuration is told in the forms of a file, and reads as the same again', t => {
	const {config} = load(
		'httpAddress: 127.0.0.1:1\nrtmpAddress: off\nreadTimeout: 90s\npaths: {a: {ringMaxSize: 5M, sourceHold: 1m, maxIngestBitrate: 20M}}',
	);
	const path = config.paths['a'];
	t.truthy(path);
	const formatted = path && formatPathConfig(path);
	t.is(path?.maxIngestBitrate, 20_000_000);
	t.is(formatted?.['maxIngestBitrate'], '20Mbps');
	t.like(formatted, {ringMaxSize: '5M', sourceHold: '1m', maxReaders: 0, sourceOnDemand: false});
	const global = formatGlobalConfig(config);
	t.like(global, {httpAddress: '127.0.0.1:1', rtmpAddress: 'off', readTimeout: '1m30s', hls: true});
	t.deepEqual(load(JSON.stringify({...global, paths: {a: formatted}})).config, config);
});
