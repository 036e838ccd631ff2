import test from 'ava';
import {load, problemsOf} from '../../helpers/config.ts';

test('a variable goes over the file, whatever the capitals of the key', t => {
	const {config, warnings} = load(
		'httpAddress: :1\npathDefaults: {maxReaders: 1}\npaths: {cam: }',
		{
			SLUICE_HTTPADDRESS: ':2',
			SLUICE_PATHDEFAULTS_MAXREADERS: '3',
			SLUICE_hls: 'no',
			HOME: '/root',
		},
	);
	t.deepEqual(warnings, []);
	t.like(config, {httpAddress: {host: '::', port: 2}, hls: false});
	t.is(config.paths['cam']?.maxReaders, 3);
});

test('a variable finds the path that the file has, with _ for what a variable cannot have', t => {
	const {config} = load('paths:\n  site/Front-Door.1: {maxReaders: 2}\n  cam_2:\n', {
		SLUICE_PATHS_SITE_FRONT_DOOR_1_SOURCE: 'rtsp://camera/',
		SLUICE_PATHS_CAM_2_SOURCE: 'test:',
	});
	t.like(config.paths['site/Front-Door.1'], {source: 'rtsp://camera/', maxReaders: 2});
	t.is(config.paths['cam_2']?.source, 'test:');
});

test('a path that the file does not have gets the name in lower case', t => {
	const {config} = load('', {SLUICE_PATHS_CAM_SOURCE: 'test:', SLUICE_PATHS_CAM_MAXREADERS: '4'});
	t.like(config.paths['cam'], {source: 'test:', maxReaders: 4});
	t.deepEqual(Object.keys(config.paths), ['all_others', 'cam']);
});

test('lists are written with commas, users with their number', t => {
	const {config} = load('', {
		SLUICE_TRUSTEDPROXIES: '10.0.0.1, 10.1.0.0/16',
		SLUICE_AUTHINTERNALUSERS_0_USER: 'any',
		SLUICE_AUTHINTERNALUSERS_0_PERMISSIONS_0_ACTION: 'read',
		SLUICE_AUTHINTERNALUSERS_1_USER: 'admin',
		SLUICE_AUTHINTERNALUSERS_1_PASS: '0123',
		SLUICE_AUTHINTERNALUSERS_1_PERMISSIONS_0_ACTION: 'api',
	});
	t.deepEqual(config.trustedProxies, ['10.0.0.1', '10.1.0.0/16']);
	t.like(config.authInternalUsers[1], {
		user: 'admin',
		pass: '0123',
		permissions: [{action: 'api', path: ''}],
	});
});

test('a bad value is told with the name of the variable', t => {
	t.deepEqual(
		problemsOf('paths: {cam: }', {SLUICE_PATHS_CAM_MAXREADERS: 'x', SLUICE_HLS: 'perhaps'}),
		[
			'SLUICE_HLS: hls: expected yes or no, got "perhaps"',
			'SLUICE_PATHS_CAM_MAXREADERS: paths.cam.maxReaders: expected a whole number from 0 to 1000000, got "x"',
		],
	);
});

test('a variable that stands for nothing is a warning, one of Kubernetes not even that', t => {
	const {warnings} = load('paths: {a-b: , a.b: }', {
		SLUICE_HLSS: 'no',
		SLUICE_PATHS_A_B_SOURCE: 'test:',
		SLUICE_PATHS_A_B_SAUCE: 'test:',
		SLUICE_PORT: 'tcp://10.0.0.1:8080',
		SLUICE_SERVICE_HOST: '10.0.0.1',
	});
	t.deepEqual(warnings, [
		'SLUICE_HLSS: ignored, no key is called HLSS, the nearest is HLS',
		'SLUICE_PATHS_A_B_SAUCE: ignored, it stands for the paths a-b and a.b',
		'SLUICE_PATHS_A_B_SOURCE: ignored, it stands for the paths a-b and a.b',
	]);
});
