using FsCheck;
using FsCheck.Fluent;
using Iarnet.Bus.Security;

namespace Iarnet.Bus.Tests.Security;

public sealed class Z85Tests
{
    // RFC 32 of ZeroMQ: its test string, and the keys of its test case.
    public static TheoryData<string, string> Vectors => new()
    {
        { "864FD26FB559F75B", "HelloWorld" },
        { "BB88471D65E2659B30C55A5321CEBB5AAB2B70A398645C26DCA2B2FCB43FC518", "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID" },
        { "7BB864B489AFA3671FBE69101F94B38972F24816DFB01B51656B3FEC8DFD0888", "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs" },
        { "54FCBA24E93249969316FB617C872BB0C1D1FF14800427C594CBFACF1BC2D652", "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7" },
        { "8E0BDD697628B91D8F245587EE95C5B04D48963F79259877B49CD9063AEAD3B7", "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6" },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void The_vectors_of_the_rfc_hold(string hex, string text)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Equal(text, Encode(bytes));
        var decoded = new byte[bytes.Length];
        Assert.True(Z85.TryDecode(text, decoded));
        Assert.Equal(bytes, decoded);
    }

    [Fact]
    public void Every_array_of_whole_groups_comes_back() => Prop.ForAll<byte[]>(bytes =>
    {
        var whole = bytes[..(bytes.Length / 4 * 4)];
        var decoded = new byte[whole.Length];
        return Z85.TryDecode(Encode(whole), decoded) && decoded.AsSpan().SequenceEqual(whole);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Whatever_is_accepted_is_the_only_text_of_its_bytes() => Prop.ForAll<string>(any =>
    {
        var text = (any ?? "")[..((any ?? "").Length / 5 * 5)];
        var bytes = new byte[text.Length / 5 * 4];
        return !Z85.TryDecode(text, bytes) || Encode(bytes) == text;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("HelloWorl")]
    [InlineData("HelloWor\"d")]
    [InlineData("HelloWor d")]
    [InlineData("HelloWor\u00e4d")]
    [InlineData("HelloWor\u2030d")]
    [InlineData("#####00000")]
    [InlineData("%nSc100000")]
    public void What_is_no_z85_is_refused(string text) => Assert.False(Z85.TryDecode(text, new byte[8]));

    [Fact]
    public void The_highest_group_is_read()
    {
        var bytes = new byte[4];
        Assert.True(Z85.TryDecode("%nSc0", bytes));
        Assert.Equal([0xFF, 0xFF, 0xFF, 0xFF], bytes);
    }

    private static string Encode(byte[] bytes)
    {
        var text = new char[bytes.Length / 4 * 5];
        Z85.Encode(bytes, text);
        return new string(text);
    }
}
