/** Unit and synthesis tests run in parallel; those that start Terraform are bounded by the workers. */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  transform: { "^.+\\.[cm]?ts$": ["@swc/jest", { jsc: { target: "es2022" }, module: { type: "commonjs" } }] },
  moduleFileExtensions: ["ts", "js", "json"],
  globalSetup: "<rootDir>/__tests__/support/script-bundles.ts",
  globalTeardown: "<rootDir>/__tests__/support/remove-script-bundles.ts",
  setupFiles: ["<rootDir>/__tests__/support/without-colours.js"],
  testSequencer: "<rootDir>/__tests__/support/longest-first.js",
  // More of them than cores: many wait for what AWS, or its provider, takes its time for.
  maxWorkers: Number(process.env.TEST_WORKERS ?? 3),
  // Two Terraforms beside a test make a fast one slow; what takes minutes says so itself.
  testTimeout: 60_000,
};
