export { readSafetensors, type StoredTensor, type TensorFile, writeSafetensors } from './safetensors.js';
