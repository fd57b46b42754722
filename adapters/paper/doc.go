// Package paper draws what people hold in their hands or look at: documents as PDF,
// pictures as PNG. It takes all that it shows as plain data, asks nothing and remembers
// nothing: the same input gives the same bytes, today and in ten years.
//
//	font    the fonts, inside the program
//	shape   text to glyphs: joining, direction, wrapping
//	canvas  pixels, for pictures
//	pdf     the file format of documents
//	words   sums in words
//
// A document here is a request for payment, or a paper that goes with one. It never calls
// itself a tax document of a state.
package paper
