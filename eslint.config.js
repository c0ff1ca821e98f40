const eslint = require('@eslint/js');
const nx = require('@nx/eslint-plugin');
const prettier = require('eslint-config-prettier');
const tseslint = require('typescript-eslint');

// Dependencies point one way: services and cli -> engine and libs -> core.
const layers = {
  core: ['core'],
  lib: ['core', 'lib'],
  engine: ['core', 'engine'],
  cli: ['core', 'lib'],
  service: ['core', 'lib', 'engine'],
  testing: ['core', 'lib'],
  check: ['core', 'lib', 'engine', 'cli', 'service', 'testing'],
};

module.exports = tseslint.config(
  { ignores: ['**/dist', '**/node_modules', '**/generated', '.nx', '.nse', 'runs'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: [],
          depConstraints: [
            ...Object.entries(layers).map(([layer, allowed]) => ({
              sourceTag: `layer:${layer}`,
              onlyDependOnLibsWithTags: allowed.map((name) => `layer:${name}`),
            })),
            // The heart of the method stays pure: it imports nothing of ours.
            { sourceTag: 'name:space', onlyDependOnLibsWithTags: [] },
          ],
        },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      eqeqeq: 'error',
    },
  },
  {
    // Real parts are started in tests; an assertion on a possibly missing value is the test failing, as it should.
    files: ['**/*.test.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        require: 'readonly',
        module: 'writable',
        process: 'readonly',
        console: 'readonly',
        __dirname: 'readonly',
        setTimeout: 'readonly',
        URL: 'readonly',
        AbortSignal: 'readonly',
      },
    },
  },
  prettier,
);
