export default {
	extensions: ['ts'],
	files: ['test/**/*.test.ts'],
	timeout: '60s',
};
