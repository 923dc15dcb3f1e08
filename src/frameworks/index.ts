import { dotnet } from './dotnet.ts';
import type { Framework } from './framework.ts';
import { go } from './go.ts';
import { jvm } from './jvm.ts';
import { nodeServers } from './node-servers.ts';
import { node } from './node.ts';
import { python } from './python.ts';
import { ruby } from './ruby.ts';
import { rust } from './rust.ts';
import { staticSites } from './static-sites.ts';

export const frameworks: readonly Framework[] = [go, rust, jvm, dotnet, staticSites, nodeServers, node, python, ruby];
