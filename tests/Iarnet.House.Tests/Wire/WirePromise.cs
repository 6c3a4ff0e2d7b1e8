namespace Iarnet.House.Wire;

/// <summary>One thing that peers rely on.</summary>
/// <param name="Kind">message, field, reserved, enum, value, service or rpc.</param>
/// <param name="Owner">The full name of the message, enum or service.</param>
/// <param name="Key">What identifies it on the wire: a number, or the name of an rpc.</param>
/// <param name="Value">What it is.</param>
internal sealed record WirePromise(string Kind, string Owner, string Key, string Value)
{
    public override string ToString() => $"{Kind} {Owner} {Key} = {Value}".TrimEnd(' ', '=');

    public static WirePromise Parse(string line)
    {
        var (left, value) = line.Split(" = ", 2) is [var front, var back] ? (front, back) : (line, "");
        var words = left.Split(' ', 3);
        return new WirePromise(words[0], words[1], words.Length > 2 ? words[2] : "", value);
    }
}
