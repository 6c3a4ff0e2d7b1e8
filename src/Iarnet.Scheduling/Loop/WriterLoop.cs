using System.Threading.Channels;

namespace Iarnet.Scheduling;

/// <summary>Runs changes to a state one after another, so that the state needs no lock.</summary>
/// <param name="afterBatch">Called in the loop whenever nothing more is waiting: the place to publish what changed.</param>
/// <param name="onError">Called when a change that nobody waits for fails.</param>
internal sealed class WriterLoop(Action afterBatch, Action<Exception> onError)
{
    // Unbounded: what is posted is a change already made outside (an event, an answer); each waiting caller has at most one in it.
    private readonly Channel<Action> _changes = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });

    public async Task RunAsync()
    {
        while (await _changes.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_changes.Reader.TryRead(out var change))
            {
                Guarded(change);
            }

            Guarded(afterBatch);
        }
    }

    /// <summary>False when the loop has been completed: the change will not happen.</summary>
    public bool Post(Action change) => _changes.Writer.TryWrite(change);

    /// <summary>Runs a change in the loop and hands its result, or its exception, back.</summary>
    /// <exception cref="ObjectDisposedException">The loop has been completed.</exception>
    public async Task<T> AskAsync<T>(Func<T> change)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        ObjectDisposedException.ThrowIf(!Post(() => Answer(answer, change)), typeof(DomainResourceManager));
        return await answer.Task.ConfigureAwait(false);
    }

    public void Complete() => _changes.Writer.TryComplete();

    private static void Answer<T>(TaskCompletionSource<T> answer, Func<T> change)
    {
        try
        {
            answer.SetResult(change());
        }
        catch (Exception e)
        {
            answer.SetException(e);
        }
    }

    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            onError(e);
        }
    }
}
