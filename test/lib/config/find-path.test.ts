import test from 'ava';
import {load} from '../../helpers/config.ts';
import {findPath} from '../../../lib/config/find-path.ts';

const {config} = load(`
paths:
  cam1: {source: rtsp://one/}
  ~^cam(\\d+)(?:_(\\w+))?$: {source: rtsp://10.0.0.$G1/$G2, sourceOnDemand: yes}
  ~^b: {source: "test:", sourceOnDemand: yes}
  ~^ba: {maxReaders: 7}
  ~(?i)^upper$: {maxReaders: 9}
  all_others: {maxReaders: 1}
`);

test('the entry of that very name goes before all others', t => {
	const found = findPath(config, 'cam1');
	t.is(found?.key, 'cam1');
	t.is(found?.config, config.paths['cam1']);
});

test('a regular expression takes the names that fit, and its groups stand in the source', t => {
	const found = findPath(config, 'cam12_sub');
	t.like(found, {key: '~^cam(\\d+)(?:_(\\w+))?$', groups: ['12', 'sub']});
	t.is(found?.config.source, 'rtsp://10.0.0.12/sub');
	t.is(findPath(config, 'cam12')?.config.source, 'rtsp://10.0.0.12/');
});

test('digits after a group that there is not belong to the text', t => {
	const {config} = load(
		'paths: {"~^n(.+)$": {source: "rtsp://r/Channels/$G102?x=$G2", sourceOnDemand: yes}}',
	);
	t.is(findPath(config, 'n7')?.config.source, 'rtsp://r/Channels/702?x=$G2');
});

test('of several that fit the first in the alphabet is taken', t => {
	t.is(findPath(config, 'bar')?.key, '~^b');
});

test('flags of Go are understood', t => {
	t.is(findPath(config, 'UPPER')?.config.maxReaders, 9);
});

test('all_others takes the rest', t => {
	t.like(findPath(config, 'x/y'), {key: 'all_others', groups: []});
	t.is(findPath(config, 'toString')?.key, 'all_others');
});

test('a name that is none, or that nothing takes, is not found', t => {
	t.is(findPath(config, 'a/../b'), undefined);
	t.is(findPath(config, 'v3'), undefined);
	t.is(findPath(load('paths: {cam: }').config, 'other'), undefined);
	t.is(findPath(load('paths: {cam: }').config, 'constructor'), undefined);
});
