import {
  type KyselyPlugin,
  OperationNodeTransformer,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  type RootOperationNode,
  SchemableIdentifierNode,
  type UnknownRow,
} from 'kysely';
import { tableNames } from './schema.js';

/** Puts the prefix before the names of our tables, so that they can live among a host's. Aliases stay as they are. */
export class PrefixPlugin extends OperationNodeTransformer implements KyselyPlugin {
  readonly #tables: ReadonlySet<string> = new Set(tableNames);

  constructor(readonly prefix: string) {
    super();
  }

  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    return this.transformNode(node);
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return result;
  }

  protected override transformSchemableIdentifier(node: SchemableIdentifierNode): SchemableIdentifierNode {
    const { name } = node.identifier;
    return this.#tables.has(name) ? SchemableIdentifierNode.create(`${this.prefix}${name}`) : node;
  }
}
