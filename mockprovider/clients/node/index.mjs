// For programs that import; those that require, as tests of Jest do, get the same.
export { Mock, MockError, mockFixture, startMock } from "./index.cjs";
