namespace Iarnet.Store.Client;

/// <summary>What a store said in its Hello, as far as the client goes by it.</summary>
/// <param name="Source">Its name in references.</param>
/// <param name="Folder">Its segment folder as seen here; null when it is on another host, has none, or shared memory is not wanted.</param>
/// <param name="SharedMinimum">From what size objects lie in shared memory.</param>
/// <param name="MaxObjectBytes">The largest object that it takes.</param>
/// <param name="ChunkBytes">The largest chunk that it takes.</param>
internal sealed record StoreFacts(string Source, string? Folder, long SharedMinimum, long MaxObjectBytes, int ChunkBytes);
