using System.Text;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Security;

/// <summary>The part of the greeting that names the mechanism and says which end is the server.</summary>
internal static class MechanismGreeting
{
    private const int Name = 12;
    private const int NameSize = 20;
    private const int AsServer = Name + NameSize;

    public static void Write(Span<byte> target, Mechanism mechanism)
    {
        ZmtpGreeting.Write(target);
        target.Slice(Name, NameSize).Clear();
        Encoding.ASCII.GetBytes(mechanism.Name, target[Name..]);
        target[AsServer] = mechanism.IsServer ? (byte)1 : (byte)0;
    }

    /// <summary>Judges what has arrived of a greeting. Says what is wrong, or null.</summary>
    public static string? Judge(ReadOnlySpan<byte> arrived, Mechanism mechanism)
    {
        var problem = ZmtpGreeting.Judge(arrived[..Math.Min(arrived.Length, AsServer - 1)]);
        if (problem is not null || arrived.Length <= AsServer)
        {
            return problem;
        }

        Span<byte> ours = stackalloc byte[NameSize];
        ours.Clear();
        Encoding.ASCII.GetBytes(mechanism.Name, ours);
        var theirs = arrived.Slice(Name, NameSize);
        if (!theirs.SequenceEqual(ours))
        {
            return $"the peer wants the mechanism '{ZmtpGreeting.Printable(theirs)}', this socket speaks {mechanism.Name}";
        }

        // libzmq leaves the bit zero whatever it is, so only two servers are told apart from a right pair here.
        return mechanism.IsServer && arrived[AsServer] != 0 ? $"both ends are a server of {mechanism.Name}" : null;
    }
}
