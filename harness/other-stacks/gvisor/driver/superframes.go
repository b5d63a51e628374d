// A link endpoint for a TAP whose frames have virtio-net headers, so that up to 64 KB pass in one: the kernel at the other end
// cuts them, merges them and makes their checksums. The stack's own endpoint (fdbased) does this for sockets only. As there, a
// frame is one readv or one writev, one goroutine reads, and whoever sends writes.
package main

import (
	"encoding/binary"
	"sync"

	"golang.org/x/sys/unix"
	"gvisor.dev/gvisor/pkg/bufferv2"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/link/rawfile"
	"gvisor.dev/gvisor/pkg/tcpip/link/stopfd"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

const (
	// The longest packet of IPv4; the stack takes its headers off.
	longestPacket = 1 << 16

	// From linux/virtio_net.h.
	virtioHeaderSize    = 10
	virtioNeedsChecksum = 1
	virtioTCPv4         = 1
)

// The buffers of one read: a small frame takes the first few, and the others stay for the next.
var viewSizes = []int{128, 256, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 4096}

type superFrames struct {
	descriptor int
	mtu        uint32
	address    tcpip.LinkAddress
	stop       stopfd.StopFD
	dispatcher stack.NetworkDispatcher
	reading    sync.WaitGroup
}

var (
	_ stack.LinkEndpoint = (*superFrames)(nil)
	_ stack.GSOEndpoint  = (*superFrames)(nil)
)

func newSuperFrames(descriptor, mtu int, address tcpip.LinkAddress) *superFrames {
	stop, err := stopfd.New()
	if err != nil {
		panic(err)
	}
	return &superFrames{descriptor: descriptor, mtu: uint32(mtu), address: address, stop: stop}
}

func (l *superFrames) MTU() uint32                           { return l.mtu }
func (l *superFrames) MaxHeaderLength() uint16               { return header.EthernetMinimumSize }
func (l *superFrames) LinkAddress() tcpip.LinkAddress        { return l.address }
func (l *superFrames) IsAttached() bool                      { return l.dispatcher != nil }
func (l *superFrames) Wait()                                 { l.reading.Wait() }
func (l *superFrames) GSOMaxSize() uint32                    { return longestPacket }
func (l *superFrames) SupportedGSO() stack.SupportedGSO      { return stack.HostGSOSupported }
func (*superFrames) ARPHardwareType() header.ARPHardwareType { return header.ARPHardwareEther }

// Capabilities: what arrives was on no wire, so that its checksum need not be there.
func (*superFrames) Capabilities() stack.LinkEndpointCapabilities {
	return stack.CapabilityResolutionRequired | stack.CapabilityRXChecksumOffload
}

func (l *superFrames) Attach(dispatcher stack.NetworkDispatcher) {
	if dispatcher == nil {
		l.stop.Stop()
		l.Wait()
	}
	l.dispatcher = dispatcher
	if dispatcher == nil {
		return
	}
	l.reading.Add(1)
	go func() {
		defer l.reading.Done()
		l.read()
	}()
}

func (l *superFrames) AddHeader(packet stack.PacketBufferPtr) {
	ethernet := header.Ethernet(packet.LinkHeader().Push(header.EthernetMinimumSize))
	ethernet.Encode(&header.EthernetFields{
		SrcAddr: packet.EgressRoute.LocalLinkAddress,
		DstAddr: packet.EgressRoute.RemoteLinkAddress,
		Type:    packet.NetworkProtocolNumber,
	})
}

// WritePackets returns how many were written. What the TAP does not take is lost, as on any link.
func (l *superFrames) WritePackets(packets stack.PacketBufferList) (int, tcpip.Error) {
	written := 0
	for _, packet := range packets.AsSlice() {
		if err := l.write(packet); err != nil {
			return written, err
		}
		written++
	}
	return written, nil
}

func (l *superFrames) write(packet stack.PacketBufferPtr) tcpip.Error {
	offload := virtioHeader(packet.GSOOptions, packet.HeaderSize(), packet.Data().Size())
	var few [8]unix.Iovec
	parts := append(few[:0], rawfile.IovecFromBytes(offload[:]))
	for _, view := range packet.AsSlices() {
		parts = rawfile.AppendIovecFromBytes(parts, view, rawfile.MaxIovs)
	}
	return rawfile.NonBlockingWriteIovec(l.descriptor, parts)
}

// virtioHeader says where the checksum of a packet belongs, and how long its segments are if it holds several.
func virtioHeader(options stack.GSO, headerSize, dataSize int) [virtioHeaderSize]byte {
	var bytes [virtioHeaderSize]byte
	if options.Type == stack.GSONone {
		return bytes
	}
	binary.LittleEndian.PutUint16(bytes[2:], uint16(headerSize))
	if options.NeedsCsum {
		bytes[0] = virtioNeedsChecksum
		binary.LittleEndian.PutUint16(bytes[6:], header.EthernetMinimumSize+options.L3HdrLen)
		binary.LittleEndian.PutUint16(bytes[8:], options.CsumOffset)
	}
	if dataSize > int(options.MSS) {
		bytes[1] = virtioTCPv4
		binary.LittleEndian.PutUint16(bytes[4:], options.MSS)
	}
	return bytes
}

// read hands frames to the stack until the endpoint is detached.
func (l *superFrames) read() {
	var offload [virtioHeaderSize]byte
	views := make([]*bufferv2.View, len(viewSizes))
	parts := make([]unix.Iovec, 1+len(viewSizes))
	parts[0] = rawfile.IovecFromBytes(offload[:])
	for {
		for k, size := range viewSizes {
			if views[k] != nil {
				break
			}
			views[k] = bufferv2.NewViewSize(size)
			parts[1+k] = rawfile.IovecFromBytes(views[k].AsSlice())
		}
		length, err := rawfile.BlockingReadvUntilStopped(l.stop.EFD, l.descriptor, parts)
		if err != nil || length < virtioHeaderSize {
			return
		}
		l.deliver(take(views, length-virtioHeaderSize))
	}
}

// take moves the views that hold the first `length` bytes into a buffer.
func take(views []*bufferv2.View, length int) bufferv2.Buffer {
	var frame bufferv2.Buffer
	for k, left := 0, length; left > 0 && k < len(views); k++ {
		view := views[k]
		views[k] = nil
		if view.Size() > left {
			view.CapLength(left)
		}
		left -= view.Size()
		// The buffer owns the view from now on.
		_ = frame.Append(view)
	}
	return frame
}

func (l *superFrames) deliver(frame bufferv2.Buffer) {
	packet := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: frame})
	defer packet.DecRef()
	ethernet, ok := packet.LinkHeader().Consume(header.EthernetMinimumSize)
	if !ok {
		return
	}
	l.dispatcher.DeliverNetworkPacket(header.Ethernet(ethernet).Type(), packet)
}
