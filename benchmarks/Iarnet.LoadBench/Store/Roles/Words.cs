using System.Globalization;

namespace Iarnet.LoadBench.Store.Roles;

/// <summary>The words of a command behind its verb, in order.</summary>
internal sealed class Words(IEnumerable<string> words)
{
    private readonly Queue<string> _left = new(words);

    public string Text() => _left.TryDequeue(out var word) ? word : throw new ArgumentException("a word is missing");

    public int Number() => int.Parse(Text(), CultureInfo.InvariantCulture);
}
