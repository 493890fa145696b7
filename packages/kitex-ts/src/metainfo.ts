// `import * as metainfo from "kitex-ts/metainfo"`, for those who like it that way: the functions of `metainfo`, which documents them.
import { metainfo } from "@kitex-ts/core";

export const withValue: typeof metainfo.withValue = metainfo.withValue;
export const withPersistentValue: typeof metainfo.withPersistentValue = metainfo.withPersistentValue;
export const getValue: typeof metainfo.getValue = metainfo.getValue;
export const getPersistentValue: typeof metainfo.getPersistentValue = metainfo.getPersistentValue;
export const getAllValues: typeof metainfo.getAllValues = metainfo.getAllValues;
export const getAllPersistentValues: typeof metainfo.getAllPersistentValues = metainfo.getAllPersistentValues;
export const delValue: typeof metainfo.delValue = metainfo.delValue;
export const delPersistentValue: typeof metainfo.delPersistentValue = metainfo.delPersistentValue;
export const sendBackwardValue: typeof metainfo.sendBackwardValue = metainfo.sendBackwardValue;
export const withBackwardValues: typeof metainfo.withBackwardValues = metainfo.withBackwardValues;
export const recvBackwardValue: typeof metainfo.recvBackwardValue = metainfo.recvBackwardValue;
export const recvAllBackwardValues: typeof metainfo.recvAllBackwardValues = metainfo.recvAllBackwardValues;
