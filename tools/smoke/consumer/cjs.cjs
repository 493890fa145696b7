const { check } = require("./greet.cjs");

check({
  kitex: require("kitex-ts"),
  codegen: require("kitex-ts/codegenv1"),
  xds: require("@kitex-ts/xds"),
  mesh: require("@kitex-ts/mesh"),
}).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
