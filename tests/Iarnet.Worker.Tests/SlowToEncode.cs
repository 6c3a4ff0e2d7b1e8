using Iarnet.Worker.Tests.Harness;

namespace Iarnet.Worker.Tests;

/// <summary>A result whose encoding can be watched and held: the worker is answering then.</summary>
public sealed class SlowToEncode(string reached, string until)
{
    public int Value
    {
        get
        {
            Signal.Reach(reached);
            Signal.Hold(until);
            return 1;
        }
    }
}
