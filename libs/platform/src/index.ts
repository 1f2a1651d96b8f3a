export {
  defineProcedure,
  type InputOf,
  type OutputOf,
  type ParsedInputOf,
  type Policy,
  type Procedure,
} from './rpc/procedure.js';
