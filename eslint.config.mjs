import tseslint from 'typescript-eslint';

const browserGlobals =
  'document window self name event location status length parent top origin open close stop find history screen'.split(
    ' ',
  );

export default tseslint.config(
  { ignores: ['dist', 'bundle', 'coverage', '.data'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/require-await': 'off',
      // preact's types bring a browser's globals, which are not there in Node.
      'no-restricted-globals': ['error', ...browserGlobals],
    },
  },
  // The one file that runs in the browser.
  { files: ['src/console/frame/script.ts'], rules: { 'no-restricted-globals': 'off' } },
);
