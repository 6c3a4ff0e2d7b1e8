namespace Iarnet.LoadBench.Dag;

/// <summary>The graphs of the dag benchmark, the same as the peer's: functions that do nothing, so that only the engine is measured.</summary>
internal static class Graphs
{
    public static int Noop(int value) => value;

    public static int Add(int left, int right) => left + right;

    /// <summary>Calls that depend on nothing. True when every result is right.</summary>
    public static async Task<bool> IndependentAsync(DagSession session, int count)
    {
        var calls = new DataRef<int>[count];
        for (var i = 0; i < count; i++)
        {
            calls[i] = session.Call(Noop, i);
        }

        long sum = 0;
        foreach (var call in calls)
        {
            sum += await call;
        }

        return sum == (long)count * (count - 1) / 2;
    }

    /// <summary>Each call takes the result of the one before.</summary>
    public static async Task<bool> ChainAsync(DagSession session, int count)
    {
        var link = session.Call(Add, 0, 1);
        for (var i = 1; i < count; i++)
        {
            link = session.Call(Add, link, 1);
        }

        return await link == count;
    }

    /// <summary>Leaves that do nothing, added up two by two.</summary>
    public static async Task<bool> TreeAsync(DagSession session, int leaves)
    {
        var level = new DataRef<int>[leaves];
        for (var i = 0; i < leaves; i++)
        {
            level[i] = session.Call(Noop, i);
        }

        while (level.Length > 1)
        {
            var next = new DataRef<int>[level.Length / 2];
            for (var i = 0; i < next.Length; i++)
            {
                next[i] = session.Call(Add, level[2 * i], level[(2 * i) + 1]);
            }

            level = next;
        }

        return await level[0] == leaves * (leaves - 1) / 2;
    }
}
