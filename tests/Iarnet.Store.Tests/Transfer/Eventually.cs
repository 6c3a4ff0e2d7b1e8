namespace Iarnet.Store.Tests.Transfer;

/// <summary>Waits for what happens at the other end and is announced nowhere.</summary>
internal static class Eventually
{
    public static async Task True(Func<bool> condition, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (var i = 0; i < 4000; i++)
        {
            if (condition())
            {
                return;
            }

            await timer.WaitForNextTickAsync();
        }

        Assert.Fail($"Waited in vain for: {what}.");
    }
}
