using System.Text.Json;
using System.Text.Json.Serialization;

namespace Iarnet.Hosting.Endpoints;

/// <summary>What the node's REST says, in the words of docs/architecture.md.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(NodeDocument))]
[JsonSerializable(typeof(ComponentDocument[]))]
internal sealed partial class NodeJson : JsonSerializerContext;

internal sealed record NodeDocument(string Id, string Name, ProviderDocument[] Providers, int ReadyComponents, StoreDocument Store);

internal sealed record ProviderDocument(string Id, string Kind, string State, string[] Tags, AmountsDocument? Total, AmountsDocument? Available);

internal sealed record AmountsDocument(long CpuMillicores, long MemoryBytes, int Gpus);

internal sealed record StoreDocument(long Objects, long Bytes);

internal sealed record ComponentDocument(string Id, string Name, string Runtime, string Provider, string State, bool Ready, int? ProcessId);
