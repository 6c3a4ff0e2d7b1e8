using Iarnet.Bus.Io;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>A loop that runs when a test says so, on the test's thread: what a seed did it does again.</summary>
internal sealed class PumpedLoop : IoLoop
{
    private readonly SemaphoreSlim _posted = new(0);

    /// <summary>Runs until nothing is posted.</summary>
    public void Pump()
    {
        Enter();
        try
        {
            while (RunPosted())
            {
                // What ran may have posted more.
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Waits for something that another thread posts.</summary>
    public void AwaitPosted()
    {
        while (!HasPosted)
        {
            Assert.True(_posted.Wait(TimeSpan.FromSeconds(30)), "nothing was posted to the loop in 30 s");
        }
    }

    protected override void Wake()
    {
        if (!IsCurrent)
        {
            _posted.Release();
        }
    }
}
