namespace Iarnet.Rpc;

/// <summary>The requests of a streaming call, on the client.</summary>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Says that no further request comes. Not while a write is under way: that is an <see cref="InvalidOperationException"/>.</summary>
    Task CompleteAsync();
}
