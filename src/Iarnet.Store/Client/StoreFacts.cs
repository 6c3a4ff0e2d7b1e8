namespace Iarnet.Store.Client;

/// <summary>What a store said in its Hello, as far as the client goes by it.</summary>
/// <param name="Source">Its name in references.</param>
/// <param name="MaxObjectBytes">The largest object that it takes.</param>
/// <param name="ChunkBytes">The largest chunk that it takes.</param>
/// <param name="Link">Its memory as this process sees it; null when it is on another host, has none, or sharing is not wanted.</param>
internal sealed record StoreFacts(string Source, long MaxObjectBytes, int ChunkBytes, LinkClient? Link);
