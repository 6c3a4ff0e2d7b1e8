namespace Iarnet.Rpc;

/// <summary>The responses of a streaming method, on the server.</summary>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>;
