import { metainfo } from "@kitex-ts/core";

export const {
  withValue,
  withPersistentValue,
  getValue,
  getPersistentValue,
  getAllValues,
  getAllPersistentValues,
  delValue,
  delPersistentValue,
  sendBackwardValue,
  withBackwardValues,
  recvBackwardValue,
  recvAllBackwardValues,
}: typeof metainfo = metainfo;
