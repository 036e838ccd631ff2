// Our own short list; Prettier does the layout, tsc the types, build/*.mjs what is not TypeScript's.
import tseslint from 'typescript-eslint';

const defaultExport = {
	selector: 'ExportDefaultDeclaration',
	message: 'export by name: one name for one thing',
};
const sleeps = [
	{
		selector: 'CallExpression[callee.name=/^(setTimeout|setInterval|sleep)$/]',
		message: 'wait for an event or a condition',
	},
	{
		selector: 'ImportDeclaration[source.value=/^(node:)?timers/]',
		message: 'wait for an event or a condition',
	},
];
const sizes = {
	'max-lines': ['error', 400],
	'max-lines-per-function': ['error', 80],
	'max-params': ['error', 4],
	'max-depth': ['error', 4],
};
const promises = {
	'@typescript-eslint/await-thenable': 'error',
	'@typescript-eslint/no-floating-promises': 'error',
	'@typescript-eslint/no-misused-promises': 'error',
	'@typescript-eslint/only-throw-error': 'error',
	'@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
};
const types = {
	'@typescript-eslint/ban-ts-comment': 'error',
	'@typescript-eslint/consistent-type-definitions': ['error', 'type'],
	'@typescript-eslint/consistent-type-imports': 'error',
	'@typescript-eslint/no-explicit-any': 'error',
	'@typescript-eslint/no-non-null-assertion': 'error',
	'@typescript-eslint/no-unnecessary-type-assertion': 'error',
	'@typescript-eslint/switch-exhaustiveness-check': [
		'error',
		{considerDefaultExhaustiveForUnions: true},
	],
	'@typescript-eslint/no-unused-vars': [
		'error',
		{argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true},
	],
};
const plain = {
	eqeqeq: ['error', 'always', {null: 'ignore'}],
	'no-console': 'error',
	'no-var': 'error',
	'object-shorthand': 'error',
	'prefer-const': 'error',
	'no-restricted-syntax': ['error', defaultExport],
};

export default tseslint.config(
	{ignores: ['node_modules/', 'out/', 'dist/', 'coverage/', 'native/build/']},
	{
		files: ['**/*.ts'],
		extends: [tseslint.configs.base],
		languageOptions: {parserOptions: {projectService: true}},
		linterOptions: {reportUnusedDisableDirectives: 'error'},
		rules: {...sizes, ...promises, ...types, ...plain},
	},
	{
		files: ['test/**/*.ts'],
		rules: {
			'@typescript-eslint/no-non-null-assertion': 'off',
			'no-restricted-syntax': ['error', defaultExport, ...sleeps],
		},
	},
	// Scripts and examples speak to a terminal.
	{files: ['bench/**/*.ts', 'examples/**/*.ts'], rules: {'no-console': 'off'}},
	{
		files: ['**/*.mjs', '**/*.js'],
		rules: {...sizes, 'prefer-const': 'error', 'no-var': 'error', eqeqeq: plain.eqeqeq},
	},
);
